/** Where to go after signing in: only addresses of this application, never one that leads elsewhere. */
export function nextAddress(search: URLSearchParams, otherwise: string): string {
  const next = search.get("next") ?? "";
  return /^\/(?![/\\])/.test(next) ? next : otherwise;
}
