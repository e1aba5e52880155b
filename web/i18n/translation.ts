// The same sentences in another language: every key of the English texts, with a form for one and for more where English has them.
export type Translation<Texts> = {
  readonly [K in keyof Texts]: Texts[K] extends string ? string : { readonly one: string; readonly other: string };
};
