/** Whether a program is on its way out: it serves what still comes, and asks for nothing more. */
export class Draining {
  private leaving = false;

  get begun(): boolean {
    return this.leaving;
  }

  begin(): void {
    this.leaving = true;
  }
}
