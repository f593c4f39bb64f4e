/**
 * Writes one line per step, with its seconds when it is done. A step's name stands there while it works, without the end
 * of the line, so that a slow one can be seen to be slow.
 */
export function createProgress(out = process.stdout) {
  // The reader may go away (`npm start | head`); that must not end the servers.
  out.on?.('error', () => {});
  let open = false;
  const breakLine = () => {
    if (open) out.write('\n');
    open = false;
  };
  const say = (text) => {
    breakLine();
    out.write(`${text}\n`);
  };
  return {
    say,
    /** Runs `work` as a step. It may return a text that is added to the line. */
    async step(label, work) {
      breakLine();
      const began = Date.now();
      out.write(`  ${label} … `);
      open = true;
      try {
        const note = await work();
        const seconds = `${((Date.now() - began) / 1000).toFixed(1)} s`;
        const again = open ? '' : `  ${label}: `;
        out.write(`${again}${seconds}${typeof note === 'string' ? `  ${note}` : ''}\n`);
        open = false;
      } catch (error) {
        breakLine();
        throw error;
      }
    },
  };
}
