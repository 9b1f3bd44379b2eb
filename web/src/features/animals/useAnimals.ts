import { useQuery } from "@tanstack/react-query";
import { read } from "../../api/read";

export function useAnimals() {
  return useQuery({
    queryKey: ["animals"],
    queryFn: ({ signal }) => read("/animal_list", { signal }),
  });
}
