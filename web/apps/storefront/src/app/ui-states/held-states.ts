// A picture of "hover" needs no pointer: the rules of the style sheets are widened to elements under `data-as`.

const OPERATED = ":is(a, button, input, select, summary)";
const PSEUDO = { ":hover": "hover", ":focus-visible": "focus", ":active": "active" } as const;

/** Widens `:hover`, `:focus-visible` and `:active` in every rule of the page. Asked twice, it changes nothing the second time. */
export function holdStates(sheets: Iterable<CSSStyleSheet>): void {
  for (const sheet of sheets) walk(sheet.cssRules);
}

function walk(rules: CSSRuleList): void {
  for (const rule of rules) {
    if (rule instanceof CSSStyleRule) {
      const widened = widen(rule.selectorText);
      if (widened !== rule.selectorText) rule.selectorText = widened;
    }
    if ("cssRules" in rule && rule.cssRules instanceof CSSRuleList) walk(rule.cssRules);
  }
}

export function widen(selector: string): string {
  if (selector.includes("[data-as")) return selector;
  return Object.entries(PSEUDO).reduce(
    (text, [pseudo, name]) => text.replaceAll(pseudo, `:is(${pseudo}, [data-as="${name}"] ${OPERATED})`),
    selector,
  );
}
