import { type Loopback, type Received, type Reply, startLoopback } from '../chat-platforms/loopback.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** What a person or a program sees of a report. */
export interface Taken {
  readonly body: Fields;
  /** As text, a line each for its parts. */
  readonly text: string;
}

/** A stand-in of a platform that takes reports. What its documentation does not allow, it refuses. */
export interface ReportPlatform extends Loopback {
  /** An entry of `REPORT_TO`. */
  readonly entry: string;
  /** What must not get into any log. */
  readonly secrets: readonly string[];
  /** The reports that were taken, in order. */
  readonly taken: readonly Taken[];
  /** Answers everything like this from now on. */
  readonly answerWith: (reply: Reply) => void;
}

interface Rules {
  /** An entry of `REPORT_TO` for this origin. */
  readonly entryAt: (origin: string) => string;
  readonly secrets: readonly string[];
  /** The text that is shown, or the answer that refuses. */
  readonly judge: (request: Received, body: Fields) => string | Reply;
  readonly success: Reply;
  readonly unreadable: Reply;
  /** Told of each report that is taken. */
  readonly onTaken?: ((taken: Taken) => void) | undefined;
}

export async function startPlatform({
  entryAt,
  secrets,
  judge,
  success,
  unreadable,
  onTaken,
}: Rules): Promise<ReportPlatform> {
  const taken: Taken[] = [];
  let ordered: Reply | undefined;

  function answer(request: Received): Reply {
    if (ordered !== undefined) return ordered;
    const body = parse(request.body);
    const isJson = /^application\/json; ?charset=utf-8$/i.test(request.headers['content-type'] ?? '');
    if (request.method !== 'POST' || !isJson || body === undefined) return unreadable;
    const text = judge(request, body);
    if (typeof text !== 'string') return text;
    taken.push({ body, text });
    onTaken?.({ body, text });
    return success;
  }

  const loopback = await startLoopback(answer);
  return {
    ...loopback,
    entry: entryAt(loopback.origin),
    secrets,
    taken,
    answerWith: (reply) => {
      ordered = reply;
    },
  };
}

/** The name of a member that is not documented. */
export function strange(fields: unknown, known: readonly string[]): string | undefined {
  return Object.keys(fields as Fields).find((name) => !known.includes(name));
}

function parse(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}
