import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createRef } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Composer } from "./Composer";

const onSend = vi.fn<(message: string) => void>();
const input = () => screen.getByTestId<HTMLTextAreaElement>("message-input");
const sendButton = () => screen.getByTestId<HTMLButtonElement>("send-button");
const write = (text: string) => fireEvent.change(input(), { target: { value: text } });

beforeEach(() => {
  onSend.mockClear();
  render(
    <Composer
      name="Leo the Lion"
      field={createRef()}
      hasKeyboard
      isReady
      onSend={onSend}
      onStop={undefined}
    />,
  );
});

describe("sending", () => {
  it("enter_sends_the_trimmed_message_and_clears_the_field", async () => {
    await userEvent.type(input(), "  Hello Leo! {Enter}");
    expect(onSend).toHaveBeenCalledExactlyOnceWith("Hello Leo!");
    expect(input().value).toBe("");
  });

  it("shift_and_enter_break_the_line", async () => {
    await userEvent.type(input(), "one{Shift>}{Enter}{/Shift}two");
    expect(onSend).not.toHaveBeenCalled();
    expect(input().value).toBe("one\ntwo");
  });

  it("enter_that_picks_a_candidate_of_an_input_method_does_not_send", () => {
    write("你好");
    fireEvent.keyDown(input(), { key: "Enter", isComposing: true });
    fireEvent.keyDown(input(), { key: "Enter", keyCode: 229 });
    expect(onSend).not.toHaveBeenCalled();
  });

  it("white_space_alone_cannot_be_sent", () => {
    write("  \n ");
    expect(sendButton().disabled).toBe(true);
  });
});

describe("the limit", () => {
  it("the_counter_appears_near_the_limit_only", () => {
    write("a".repeat(899));
    expect(screen.queryByTestId("char-counter")).toBeNull();
    write("a".repeat(900));
    expect(screen.getByTestId("char-counter").textContent).toBe("900 of 1000 characters");
  });

  it("counts_unicode_scalar_values_of_the_trimmed_text", () => {
    write(` ${"🦁".repeat(1000)} `);
    expect(sendButton().disabled).toBe(false);
    write("🦁".repeat(1001));
    expect(sendButton().disabled).toBe(true);
    expect(screen.getByTestId("char-counter").textContent).toBe("Too long by 1");
  });
});
