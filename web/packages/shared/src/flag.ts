// A yes or no that this browser remembers; a browser that keeps nothing keeps the default, which is no.

export function readFlag(name: string): boolean {
  try {
    return localStorage.getItem(name) !== null;
  } catch {
    return false;
  }
}

export function writeFlag(name: string, on: boolean): void {
  try {
    if (on) localStorage.setItem(name, "1");
    else localStorage.removeItem(name);
  } catch {
    // Then it holds for this page only.
  }
}
