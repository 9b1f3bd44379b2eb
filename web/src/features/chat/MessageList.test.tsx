import { fireEvent, render, screen } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import type { Animal } from "../../api/types";
import { MessageList } from "./MessageList";
import { emptyConversation, reduce, type ConversationAction } from "./conversation";

const animal: Animal = {
  animalId: "lion_001",
  name: "Leo the Lion",
  species: "Lion",
  scientificName: "Panthera leo",
  avatar: "/animals/lion_001.svg",
  greeting: "Rrroar!",
  suggestedQuestions: [],
  facts: [],
};
const asked: ConversationAction = { type: "asked", turnId: "t", question: "What do you eat?" };
const token: ConversationAction = {
  type: "streamed",
  turnId: "t",
  action: { kind: "token", id: 1, content: "Meat, **lots**" },
};
const failed: ConversationAction = {
  type: "streamed",
  turnId: "t",
  action: { kind: "failed", failure: { kind: "dropped", retryable: true } },
};
const onRetry = vi.fn();

function show(...actions: ConversationAction[]) {
  const conversation = actions.reduce(reduce, emptyConversation);
  return render(<MessageList animal={animal} conversation={conversation} onRetry={onRetry} />);
}

// Less motion: the text is there at once.
beforeEach(() => {
  vi.spyOn(window, "matchMedia").mockImplementation(
    () => ({ matches: true, addEventListener() {}, removeEventListener() {} }) as never,
  );
});

it("the_animal_is_seen_thinking_until_the_first_word", () => {
  show(asked);
  expect(screen.getByTestId("typing-indicator")).toBeTruthy();
  expect(screen.getByTestId("user-message").textContent).toContain("What do you eat?");
});

it("the_caret_stands_inside_the_last_line_of_the_text", () => {
  const { container } = show(asked, token);
  expect(screen.queryByTestId("typing-indicator")).toBeNull();
  const caret = container.querySelector(".caret");
  expect(caret?.closest("p")?.textContent).toBe("Meat, lots");
});

it("a_failed_turn_keeps_its_text_and_offers_a_retry", () => {
  show(asked, token, failed);
  expect(screen.getByRole("alert").textContent).toContain("broke off");
  fireEvent.click(screen.getByTestId("retry-button"));
  expect(onRetry).toHaveBeenCalledOnce();
});
