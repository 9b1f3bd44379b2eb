// The pages that are not on the way to a chat. Their names are kept out of what every page loads first, at the
// price of one more step to them.
import { lazy } from "react";

const PAGES = {
  resetPassword: lazy(() => import("../features/auth/ResetPasswordPage")),
  password: lazy(() => import("../features/auth/PasswordPage")),
  accounts: lazy(() => import("../features/accounts/AccountsPage")),
  family: lazy(() => import("../features/family/FamilyPage")),
  consent: lazy(() => import("../features/consent/ConsentPage")),
  erasure: lazy(() => import("../features/erasure/ChildErasurePage")),
  privacy: lazy(() => import("../features/erasure/PrivacyPage")),
  receipt: lazy(() => import("../features/erasure/ReceiptPage")),
  invitations: lazy(() => import("../features/invitations/InvitationsPage")),
  trail: lazy(() => import("../features/trail/TrailPage")),
  alerts: lazy(() => import("../features/alerts/AlertsPage")),
};

export default function LaterPage({ name }: { name: keyof typeof PAGES }) {
  const Page = PAGES[name];
  return <Page />;
}
