import { useQuery } from "@tanstack/react-query";
import { dataOf, openApi } from "../../api/client";

export function useAnimals() {
  return useQuery({
    queryKey: ["animals"],
    queryFn: async () => dataOf(await openApi.GET("/animal_list")),
  });
}
