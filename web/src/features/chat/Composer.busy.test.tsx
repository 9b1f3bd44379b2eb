import { fireEvent, render, screen } from "@testing-library/react";
import { createRef } from "react";
import { beforeEach, expect, it, vi } from "vitest";
import { Composer } from "./Composer";

const onSend = vi.fn();
const onStop = vi.fn();
const field = createRef<HTMLTextAreaElement>();
const composer = (isAnswering: boolean) => (
  <Composer
    name="Leo the Lion"
    field={field}
    hasKeyboard
    isReady
    onSend={onSend}
    onStop={isAnswering ? onStop : undefined}
  />
);
const input = () => screen.getByTestId<HTMLTextAreaElement>("message-input");

beforeEach(() => {
  onSend.mockClear();
  onStop.mockClear();
});

it("while_the_animal_answers_one_can_write_but_not_send", () => {
  render(composer(true));
  fireEvent.change(input(), { target: { value: "And then?" } });
  fireEvent.keyDown(input(), { key: "Enter" });
  expect(onSend).not.toHaveBeenCalled();
  expect(input().value).toBe("And then?");
});

it("the_answer_can_be_stopped", () => {
  render(composer(true));
  fireEvent.click(screen.getByTestId("stop-button"));
  expect(onStop).toHaveBeenCalledOnce();
});

it("the_stop_button_hands_its_focus_to_the_field_when_it_goes", () => {
  const { rerender } = render(composer(true));
  screen.getByTestId("stop-button").focus();
  rerender(composer(false));
  expect(document.activeElement).toBe(input());
});
