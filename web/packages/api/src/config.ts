export const API_BASE = "/api/v1";
export const TIMEOUT_MS = 20_000;
