export interface Refusal {
  readonly status: number;
  readonly error_code: string;
  readonly error_msg: string;
}

/** Thrown by an operation to answer with a documented error. */
export class DocumentedError extends Error {
  readonly refusal: Refusal;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.refusal = { status, error_code: code, error_msg: message };
  }
}
