// The browser's session: the access token lives in memory only, the refresh token in a cookie no script can read.

import axios from "axios";
import { API_BASE, TIMEOUT_MS } from "./config";
import { ApiError } from "./problem";
import type { Session } from "./types";

const CSRF_COOKIE = /(?:^|;\s*)(?:__Host-)?qs_csrf=([^;]+)/;
/** 401: the token is spent or revoked. 403: the CSRF cookie does not belong to it. */
const SESSION_IS_OVER = [401, 403];

/** `signed-out`: the person asked for it here. `ended`: it ran out, was revoked, or ended in another tab. */
export type SessionEnd = "signed-out" | "ended";

let accessToken: string | null = null;
/** The CSRF value that the token in memory belongs to: all tabs share the cookie, so another value means another session. */
let ownCsrf: string | null = null;
/** The CSRF value of a session the server would not renew: another one (signed in from another tab) may be tried again. */
let refusedCsrf: string | null = null;
let refreshing: Promise<boolean> | null = null;
const endListeners = new Set<(how: SessionEnd) => void>();

export function token(): string | null {
  return accessToken;
}

export function csrfToken(): string | null {
  const value = CSRF_COOKIE.exec(document.cookie)?.[1];
  return value === undefined ? null : decodeURIComponent(value);
}

/** True when this browser has, or can still get, an access token. */
export function maySignIn(): boolean {
  if (accessToken !== null) return true;
  const csrf = csrfToken();
  return csrf !== null && csrf !== refusedCsrf;
}

export function startSession(session: Session): void {
  accessToken = session.access_token;
  ownCsrf = csrfToken();
}

export function endSession(how: SessionEnd = "ended"): void {
  const wasSignedIn = accessToken !== null;
  refusedCsrf = wasSignedIn ? ownCsrf : csrfToken();
  accessToken = null;
  ownCsrf = null;
  if (wasSignedIn) for (const listener of endListeners) listener(how);
}

/** Names the session that the token belongs to; it stays the same when the token is renewed. */
export function sessionMark(): string | null {
  return ownCsrf;
}

/** Ends this tab's session when another tab signed out, or signed somebody else in. True: it just did. */
export function followOtherTabs(): boolean {
  const left = accessToken !== null && csrfToken() !== ownCsrf;
  if (left) endSession();
  return left;
}

/** Calls back when a session ends, however it does. */
export function onSessionEnd(listener: (how: SessionEnd) => void): () => void {
  endListeners.add(listener);
  return () => endListeners.delete(listener);
}

/**
 * Asks for a new access token. All callers share one request: a refresh token is spent by its use,
 * so two at once would look like theft to the server.
 */
export function refresh(): Promise<boolean> {
  refreshing ??= renew().finally(() => {
    refreshing = null;
  });
  return refreshing;
}

/** Who is here: false for a guest. A server that does not answer throws, for it has not said that the session is over. */
export async function ensureToken(): Promise<boolean> {
  return accessToken !== null || (maySignIn() && (await refresh()));
}

async function renew(): Promise<boolean> {
  const csrf = csrfToken();
  if (csrf === null) return false;
  const answer = await axios.post<Session>(
    `${API_BASE}/auth/refresh`,
    {},
    {
      headers: { "X-CSRF-Token": csrf },
      timeout: TIMEOUT_MS,
      validateStatus: () => true,
    },
  );
  if (answer.status < 300) {
    startSession(answer.data);
    return true;
  }
  if (!SESSION_IS_OVER.includes(answer.status)) throw new ApiError(answer.status, answer.data, answer.headers["retry-after"]);
  endSession();
  return false;
}
