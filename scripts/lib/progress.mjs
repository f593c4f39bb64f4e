/**
 * Writes one line per step, with its seconds when it is done. A step's name stands there while it works, without the end
 * of the line, so that a slow one can be seen to be slow. Steps may overlap: one that lost its line is named again.
 */
export function createProgress(out = process.stdout) {
  // The reader may go away (`npm start | head`); that must not end the servers.
  out.on?.('error', () => {});
  // The step whose line has no end yet.
  let open = null;
  const breakLine = () => {
    if (open !== null) out.write('\n');
    open = null;
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
      const mine = {};
      out.write(`  ${label} … `);
      open = mine;
      try {
        const note = await work();
        const seconds = `${((Date.now() - began) / 1000).toFixed(1)} s`;
        const text = `${seconds}${typeof note === 'string' ? `  ${note}` : ''}`;
        if (open === mine) {
          out.write(`${text}\n`);
          open = null;
        } else say(`  ${label}: ${text}`);
      } catch (error) {
        breakLine();
        throw error;
      }
    },
  };
}
