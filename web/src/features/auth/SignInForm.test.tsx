import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { ApiProblem, Unreachable } from "../../api/problem";
import { SignInForm } from "./SignInForm";

async function submit(signIn: (email: string, password: string) => Promise<void>) {
  render(<SignInForm signIn={signIn} />);
  await userEvent.type(screen.getByLabelText("Email or username"), " mia@example.org ");
  await userEvent.type(screen.getByLabelText("Password"), "lionheart{Enter}");
}

it("signs_in_with_what_was_typed", async () => {
  const signIn = vi.fn(async () => undefined);
  await submit(signIn);
  expect(signIn).toHaveBeenCalledExactlyOnceWith("mia@example.org", "lionheart");
});

it.each([
  [new ApiProblem(401, "unauthorized"), "The email and the password do not go together."],
  [new ApiProblem(429, "too_many"), "That was a lot of tries."],
  [new Unreachable("no answer"), "We cannot reach the zoo."],
  [new ApiProblem(500, "internal"), "Signing in did not work just now."],
])("%s_is_said_in_plain_words", async (cause, words) => {
  await submit(() => Promise.reject(cause));
  expect(screen.getByRole("alert").textContent).toContain(words);
  expect(document.activeElement).toBe(screen.getByLabelText("Email or username"));
});

it("empty_fields_are_told_without_asking_the_server", async () => {
  const signIn = vi.fn(async () => undefined);
  render(<SignInForm signIn={signIn} />);
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
  expect(screen.getByRole("alert").textContent).toContain("Please fill in");
  expect(signIn).not.toHaveBeenCalled();
});
