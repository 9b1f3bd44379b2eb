import { fireEvent, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { Composer } from "./Composer";

it("while_the_animal_answers_one_can_write_but_not_send", () => {
  const onSend = vi.fn();
  render(<Composer name="Leo the Lion" busy onSend={onSend} />);
  const input = screen.getByTestId<HTMLTextAreaElement>("message-input");
  fireEvent.change(input, { target: { value: "And then?" } });
  fireEvent.keyDown(input, { key: "Enter" });
  expect(onSend).not.toHaveBeenCalled();
  expect(input.value).toBe("And then?");
});
