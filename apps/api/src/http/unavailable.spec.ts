import type { FastifyReply } from 'fastify';
import { describe, expect, it, vi } from 'vitest';
import { errorAnswer } from './error-body.js';
import { sendThrown } from './wire-errors.js';

const lost = new Error('Connection terminated unexpectedly at 10.0.0.7');

describe('an error of the connection to the database', () => {
  it('is a 503 of the API, and says nothing of what is inside', () => {
    const { status, body } = errorAnswer(lost, 'id');
    expect(body).toMatchObject({ status: 503, code: 'unavailable' });
    expect(status).toBe(503);
    expect(JSON.stringify(body)).not.toContain('10.0.0.7');
  });

  it('is a 503 with Retry-After in the shape of a registry', () => {
    const reply = { code: vi.fn().mockReturnThis(), header: vi.fn().mockReturnThis(), send: vi.fn().mockReturnThis() };
    sendThrown(reply as unknown as FastifyReply, lost);
    expect(reply.code).toHaveBeenCalledWith(503);
    expect(reply.header).toHaveBeenCalledWith('retry-after', '2');
    expect(reply.send).toHaveBeenCalledWith(expect.stringContaining('UNAVAILABLE'));
    expect(reply.send).toHaveBeenCalledWith(expect.not.stringContaining('10.0.0.7'));
  });
});
