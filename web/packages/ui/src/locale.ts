import { createContext } from "react";

/** BCP 47 tag that prices and dates are written in. */
export const LocaleContext = createContext("en-US");
