// Axios with what every call needs: the token, one shared refresh after a 401, problem bodies as `ApiError`.

import axios, { type AxiosResponse, type InternalAxiosRequestConfig } from "axios";
import { API_BASE, TIMEOUT_MS } from "./config";
import { ApiError } from "./problem";
import { csrfToken, followOtherTabs, maySignIn, refresh, sessionMark, token } from "./session";

declare module "axios" {
  interface AxiosRequestConfig {
    /** Set on the second try, so that a token refused twice ends as an error and not as a loop. */
    retried?: boolean;
    /** The session it was first sent in, so that a second try goes out as nobody else. */
    session?: string | null;
  }
}

export const http = axios.create({ baseURL: API_BASE, timeout: TIMEOUT_MS });

http.interceptors.request.use(async (config) => {
  if (isAuthCall(config)) {
    const csrf = csrfToken();
    if (csrf !== null) config.headers.set("X-CSRF-Token", csrf);
    return config;
  }
  if (followOtherTabs() && writes(config)) throw sessionReplaced();
  // Somebody who returns: the first call of the page fetches the token. When that fails the call goes on as a guest's.
  if (token() === null && maySignIn()) await refresh().catch(() => false);
  if (config.retried !== true) config.session = sessionMark();
  else if (config.session !== sessionMark() && writes(config)) throw sessionReplaced();
  const bearer = token();
  if (bearer !== null) config.headers.set("Authorization", `Bearer ${bearer}`);
  return config;
});

http.interceptors.response.use(undefined, (error: unknown) => {
  if (!axios.isAxiosError(error) || error.response === undefined) return Promise.reject(error);
  return retryOrRefuse(error.response);
});

async function retryOrRefuse(response: AxiosResponse): Promise<AxiosResponse> {
  const { config } = response;
  const expired =
    response.status === 401 && !isAuthCall(config) && config.retried !== true && config.headers.has("Authorization");
  if (expired && (await anotherToken(config))) return http.request({ ...config, retried: true });
  throw new ApiError(response.status, response.data, response.headers["retry-after"]);
}

/** Another person's session may begin in this browser at any time. Reading goes on as they; what one wrote is not sent as another. */
function writes({ method }: InternalAxiosRequestConfig): boolean {
  return method !== "get";
}

function sessionReplaced(): ApiError {
  return new ApiError(401, {
    code: "session_replaced",
    detail: "You were signed out, or somebody else signed in, in another tab.",
  });
}

/** A parallel call may have renewed the token already while this one was on its way. */
async function anotherToken(config: InternalAxiosRequestConfig): Promise<boolean> {
  if (followOtherTabs() && writes(config)) throw sessionReplaced();
  const bearer = token();
  const renewed = bearer !== null && config.headers.get("Authorization") !== `Bearer ${bearer}`;
  return renewed || refresh();
}

function isAuthCall(config: InternalAxiosRequestConfig): boolean {
  return config.url?.startsWith("/auth/") ?? false;
}
