import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
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
  facts: [
    {
      id: "roar",
      text: "A roar carries 8 km.",
      source: { title: "A zoo", url: "https://example.org/roar" },
    },
  ],
};
const asked: ConversationAction = { type: "asked", turnId: "t", question: "What do you eat?" };
const sending: ConversationAction = {
  type: "streamed",
  turnId: "t",
  action: { kind: "sending", body: { animalId: "lion_001", message: "What do you eat?" } },
};
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
beforeEach(() => onRetry.mockClear());

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
  show(asked, sending);
  expect(screen.getByTestId("typing-indicator")).toBeTruthy();
  expect(screen.getByTestId("user-message").textContent).toContain("What do you eat?");
});

it("the_caret_stands_inside_the_last_line_of_the_text", () => {
  const { container } = show(asked, sending, token);
  expect(screen.queryByTestId("typing-indicator")).toBeNull();
  const caret = container.querySelector(".caret");
  expect(caret?.closest("p")?.textContent).toBe("Meat, lots");
});

it("a_stopped_answer_keeps_what_was_shown_under_a_quiet_mark", () => {
  const stopped: ConversationAction = {
    type: "streamed",
    turnId: "t",
    action: { kind: "stopping" },
  };
  const { container } = show(asked, sending, token, stopped);
  expect(screen.getAllByTestId("assistant-message").at(-1)?.textContent).toContain("Meat, lots");
  expect(screen.getByTestId("stopped-mark").textContent).toBe("Stopped");
  expect(container.querySelector(".caret")).toBeNull();
});

it("a_busy_animal_counts_down_to_the_retry", () => {
  const failure = { kind: "busy", retryable: true, retryAt: Date.now() + 3000 } as const;
  show(asked, { type: "streamed", turnId: "t", action: { kind: "failed", failure } });
  const button = screen.getByTestId("retry-button");
  expect(button.textContent).toBe("Try again in 3 s");
  fireEvent.click(button);
  expect(onRetry).not.toHaveBeenCalled();
});

it.each([
  [100, "Try again in 2 min"],
  [5 * 3600, "Try again in 5 h"],
])("a_rest_of_%s_s_reads_%s_and_keeps_the_question", (seconds, words) => {
  const failure = { kind: "limit", retryable: true, retryAt: Date.now() + seconds * 1000 } as const;
  show(asked, { type: "streamed", turnId: "t", action: { kind: "failed", failure } });
  expect(screen.getByRole("alert").textContent).toContain("rests for a while");
  expect(screen.getByTestId("retry-button").textContent).toBe(words);
  expect(screen.getByTestId("user-message").textContent).toContain("What do you eat?");
});

it("below_the_last_words_of_a_used_up_day_the_fact_cards_open_in_place", async () => {
  const id = "00000000-0000-0000-0000-000000000000";
  show(asked, sending, token, {
    type: "streamed",
    turnId: "t",
    action: {
      kind: "complete",
      data: {
        messageId: id,
        sessionId: id,
        finishReason: "budget",
        lastId: 1,
        tokensUsed: 0,
        latencyMs: 1,
        safety: { action: "allow" },
      },
    },
  });
  const cards = await screen.findByTestId("fact-cards");
  const card = cards.querySelector("details");
  expect(card?.open).toBe(false);
  await userEvent.click(screen.getByText("A roar carries 8 km."));
  expect(card?.open).toBe(true);
  expect(screen.getByRole("link", { name: "A zoo" })).toHaveProperty(
    "href",
    "https://example.org/roar",
  );
});

it("a_stored_answer_that_was_stopped_says_so", () => {
  const timestamp = "2026-11-01T10:00:00.000Z";
  const metadata = { finishReason: "cancelled" } as const;
  const messages = [
    { messageId: "q", turnId: "t", sender: "user", content: "Why?", timestamp, metadata: {} },
    { messageId: "a", turnId: "t", sender: "assistant", content: "Bec", timestamp, metadata },
  ] as const;
  show({ type: "opened", sessionId: "s", messages: [...messages], unanswered: null });
  expect(screen.getByTestId("stopped-mark").textContent).toBe("Stopped");
});

it("a_child_without_consent_reads_kind_words_and_no_retry", () => {
  const failure = { kind: "consent", retryable: false } as const;
  show(asked, { type: "streamed", turnId: "t", action: { kind: "failed", failure } });
  expect(screen.getByRole("alert").textContent).toContain("has to say yes");
  expect(screen.getByTestId("message-status").textContent).toBe("Not sent");
  expect(screen.queryByTestId("retry-button")).toBeNull();
});

it("a_failed_turn_keeps_its_text_and_offers_a_retry", () => {
  show(asked, sending, token, failed);
  expect(screen.getByRole("alert").textContent).toContain("broke off");
  fireEvent.click(screen.getByTestId("retry-button"));
  expect(onRetry).toHaveBeenCalledOnce();
});
