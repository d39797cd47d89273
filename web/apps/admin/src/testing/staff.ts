import { on } from "@quickshop/api/testing/fake-server";
import type { Session, User } from "@quickshop/api/types";

export const ada: User = {
  id: "u-ada",
  email: "ada@shop.example",
  full_name: "Ada Lovelace",
  role: "admin",
  created_at: "2026-01-01T00:00:00Z",
};
export const joan: User = { ...ada, id: "u-joan", email: "joan@example.com", full_name: "Joan Clarke", role: "customer" };

export function sessionOf(user: User): Session {
  return { access_token: `token of ${user.id}`, token_type: "Bearer", expires_in: 900, user };
}

let sessions = 0;

/** The browser has the cookies of somebody who signed in; each session has a CSRF value of its own, as the server's have. */
export function signedIn(user: User): void {
  sessions += 1;
  // biome-ignore lint/suspicious/noDocumentCookie: jsdom has no Cookie Store
  document.cookie = `qs_csrf=csrf-${sessions}; Path=/`;
  on("post", "/auth/refresh", () => sessionOf(user));
}
