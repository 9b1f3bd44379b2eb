import { useParams } from "react-router";
import { paths } from "../../app/paths";
import { m } from "../../paraglide/messages.js";
import { Button, ButtonLink } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";
import { PageLoading } from "../../shared/ui/PageLoading";
import { useAnimals } from "../animals/useAnimals";
import { AnimalAside } from "./AnimalAside";
import { ChatPanel } from "./ChatPanel";

export default function ChatPage() {
  const { animalId = "", sessionId } = useParams();
  const { data: animals, isPending, refetch } = useAnimals();
  if (isPending) return <PageLoading label={m.app_loading()} />;
  if (!animals) {
    return (
      <main className="grid min-h-dvh place-items-center">
        <Notice title={m.animals_error_title()} body={m.animals_error_body()}>
          <Button onClick={() => void refetch()}>{m.app_try_again()}</Button>
        </Notice>
      </main>
    );
  }
  const animal = animals.find((each) => each.animalId === animalId);
  if (!animal) return <UnknownAnimal />;
  return (
    <div className="grid h-dvh grid-cols-1 lg:grid-cols-[22rem_1fr]">
      <AnimalAside animal={animal} others={animals.filter((each) => each !== animal)} />
      <ChatPanel key={animalId} animal={animal} sessionId={sessionId} />
    </div>
  );
}

function UnknownAnimal() {
  return (
    <main className="grid min-h-dvh place-items-center">
      <Notice title={m.chat_unknown_animal_title()} body={m.chat_unknown_animal_body()}>
        <ButtonLink to={paths.animals}>{m.app_to_animals()}</ButtonLink>
      </Notice>
    </main>
  );
}
