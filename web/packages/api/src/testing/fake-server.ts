// The API as a fake server over real HTTP calls, typed by the contract: a reply of the wrong shape does not compile.

import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import type { Method, Operation, PathOf, Reply } from "../client";

export const server = setupServer();

interface Asked {
  body: unknown;
  headers: Headers;
  params: Record<string, string>;
  query: URLSearchParams;
}

type Answer<T> = (asked: Asked) => T | Response | Promise<T | Response>;

/** Answers one operation from now on; `answer` gives the body, or a refusal. */
export function on<M extends Method, P extends PathOf<M>>(method: M, path: P, answer: Answer<Reply<Operation<M, P>>>): void {
  const url = `*/api/v1${String(path).replaceAll(/\{(\w+)\}/g, ":$1")}`;
  server.use(
    http[method](url, async ({ request, params }) => {
      const text = await request.clone().text();
      const given = await answer({
        body: text === "" ? undefined : JSON.parse(text),
        headers: request.headers,
        params: params as Record<string, string>,
        query: new URL(request.url).searchParams,
      });
      if (given instanceof Response) return given;
      return given === undefined ? new HttpResponse(null, { status: 204 }) : HttpResponse.json(given as object);
    }),
  );
}

/** A problem body as the server writes it. */
export function refuse(status: number, code: string, errors?: { field: string; code: string; detail: string }[]): Response {
  return HttpResponse.json(
    {
      type: "about:blank",
      title: code,
      status,
      code,
      detail: `The server says ${code}.`,
      request_id: "r-1",
      ...(errors ? { errors } : {}),
    },
    { status, headers: { "Content-Type": "application/problem+json" } },
  );
}
