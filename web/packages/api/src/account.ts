// Signing in and out; both applications of the shop share the browser's one session.

import { api } from "./client";
import { ApiError } from "./problem";
import { endSession, startSession } from "./session";
import type { User } from "./types";

export async function signIn(credentials: { email: string; password: string }): Promise<User> {
  const session = await api.post("/auth/login", { body: { ...credentials, cookie: true } });
  startSession(session);
  return session.user;
}

/** Fails only when the server did not answer: the cookie then still works, and that must be said. */
export async function signOut(): Promise<void> {
  try {
    await api.post("/auth/logout", { body: {} });
  } catch (error) {
    // A refusal means that there is no session any more.
    if (!(error instanceof ApiError && error.status < 500)) throw error;
  }
  endSession("signed-out");
}
