/** Refusals as people and pages need them: a stable code, a sentence that says what to do, the facts beside it. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  details: Record<string, unknown>;
}

const OFFLINE: Problem = { type: "about:blank", title: "offline", status: 0, detail: "", code: "offline", details: {} };

export class ApiError extends Error {
  constructor(
    readonly problem: Problem,
    readonly retryAfterS: number | null = null,
  ) {
    super(problem.detail || problem.title);
    this.name = "ApiError";
  }

  get code(): string {
    return this.problem.code;
  }

  /** No answer came: nothing is known of what the server did, except by asking again under the same key. */
  get isOffline(): boolean {
    return this.problem.status === 0;
  }

  get isSignedOut(): boolean {
    return this.problem.status === 401;
  }

  static of(response: Response, problem: Partial<Problem> | undefined): ApiError {
    const retry = response.headers.get("Retry-After");
    return new ApiError(
      {
        type: problem?.type ?? "about:blank",
        title: problem?.title ?? response.statusText,
        status: response.status,
        detail: problem?.detail ?? "",
        code: problem?.code ?? `http_${response.status}`,
        details: problem?.details ?? {},
      },
      retry === null ? null : Number(retry),
    );
  }

  static offline(cause: unknown): ApiError {
    const error = new ApiError(OFFLINE);
    error.cause = cause;
    return error;
  }
}
