import { onTestFinished } from 'vitest';
import type { Reply, Request, Sent, TransportFailure } from '../../lib/net/request.ts';
import { createTransport, type Transport } from '../../lib/net/transport.ts';
import { createFakeRuntime, type FakeRuntime } from './fake-runtime.ts';
import type { RawServer } from './raw-server.ts';

/** A transport that is closed when the running test ends. */
export function openTransport(): { transport: Transport; runtime: FakeRuntime } {
  const runtime = createFakeRuntime();
  const transport = createTransport(runtime);
  onTestFinished(() => transport.close());
  return { transport, runtime };
}

export function get(server: Pick<RawServer, 'origin'>, path = '/'): Request {
  return { method: 'GET', url: new URL(path, server.origin), headers: {} };
}

/** What is told of a sending beside its outcome. */
type Told = Pick<Sent, 'sends' | 'mayHaveArrived'>;

/** @throws {Error} when there was no answer */
export async function replyOf(sending: Promise<Sent>): Promise<Reply & Told> {
  const sent = await sending;
  if ('failure' in sent) throw new Error(`it was not answered: ${sent.failure.kind}`);
  const { reply, ...told } = sent;
  return { ...reply, ...told };
}

/** @throws {Error} when there was an answer */
export async function failureOf(sending: Promise<Sent>): Promise<TransportFailure & Told> {
  const sent = await sending;
  if ('reply' in sent) throw new Error('it was answered');
  const { failure, ...told } = sent;
  return { ...failure, ...told };
}
