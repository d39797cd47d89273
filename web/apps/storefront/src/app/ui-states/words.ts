/** What a merchant or a customer may well type. */
export const LONG = "A hand-thrown stoneware mug with a heavy base and a handle that fits four fingers, glazed twice";
export const LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";
export const ARABIC = "كوب من السيراميك المصنوع يدويًا";
