import { Component, type ReactNode } from "react";
import { m } from "../paraglide/messages.js";
import { Button } from "../shared/ui/Button";
import { Notice } from "../shared/ui/Notice";

/** The last net under the page: a defect, or a part of the app that could not be loaded. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <main className="grid min-h-dvh place-items-center p-6">
        <Notice title={m.app_error_title()} body={m.app_error_body()}>
          <Button onClick={() => location.reload()}>{m.app_error_reload()}</Button>
        </Notice>
      </main>
    );
  }
}
