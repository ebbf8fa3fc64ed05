/** What a request is answered with. */
export interface Answer {
  /** @default 200 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export const xmlAnswer = (body: string): Answer => ({ headers: { "content-type": "application/xml" }, body });
