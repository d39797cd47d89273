// `api.get("/products/{id}", { path: { id } })`: calls keyed by path and method over the generated contract.

import { http } from "./http";
import type { paths } from "./schema";

export type Method = "get" | "post" | "put" | "delete";

/** The document may name its paths with or without the base; callers never do. */
type WithoutBase<P> = P extends `/api/v1${infer Rest}` ? Rest : P;
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, object> ? WithoutBase<P> : never;
}[keyof paths];
export type Operation<M extends Method, Path> = {
  [P in keyof paths]: WithoutBase<P> extends Path ? (paths[P] extends Record<M, infer O> ? O : never) : never;
}[keyof paths];

type PathParams<O> = O extends { parameters: { path: infer P } } ? { path: P } : unknown;
type QueryParams<O> = O extends { parameters: { query: infer Q } }
  ? { query: Q }
  : O extends { parameters: { query?: infer Q } }
    ? { query?: Q }
    : unknown;
type JsonBody<O> = O extends { requestBody: { content: { "application/json": infer B } } }
  ? { body: B }
  : O extends { requestBody?: { content: { "application/json": infer B } } }
    ? { body?: B }
    : unknown;
type Json<R> = R extends { content: { "application/json": infer T } } ? T : undefined;
export type Reply<O> = O extends { responses: infer R } ? Json<R[Extract<keyof R, 200 | 201 | 204>]> : never;

interface Call {
  path?: object;
  query?: object | undefined;
  body?: unknown;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}
type Options<O> = Call & PathParams<O> & QueryParams<O> & JsonBody<O>;
type Arguments<O> = Record<never, never> extends Options<O> ? [options?: Options<O>] : [options: Options<O>];

async function send<T>(method: Method, template: string, call: Call = {}): Promise<T> {
  const { data } = await http.request<T>({
    method,
    url: fill(template, call.path ?? {}),
    params: call.query,
    data: call.body,
    ...(call.signal === undefined ? {} : { signal: call.signal }),
    ...(call.headers === undefined ? {} : { headers: call.headers }),
  });
  return data;
}

function fill(template: string, params: object): string {
  return Object.entries(params).reduce(
    (url, [name, value]) => url.replace(`{${name}}`, encodeURIComponent(String(value))),
    template,
  );
}

export const api = {
  get: <P extends PathOf<"get">>(path: P, ...[call]: Arguments<Operation<"get", P>>) =>
    send<Reply<Operation<"get", P>>>("get", path, call),
  post: <P extends PathOf<"post">>(path: P, ...[call]: Arguments<Operation<"post", P>>) =>
    send<Reply<Operation<"post", P>>>("post", path, call),
  put: <P extends PathOf<"put">>(path: P, ...[call]: Arguments<Operation<"put", P>>) =>
    send<Reply<Operation<"put", P>>>("put", path, call),
  delete: <P extends PathOf<"delete">>(path: P, ...[call]: Arguments<Operation<"delete", P>>) =>
    send<Reply<Operation<"delete", P>>>("delete", path, call),
};
