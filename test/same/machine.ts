// What the cases need of a machine: the simulated one and a real one each have a driver of this shape.
export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Entry {
  /** Permission bits with setuid, setgid and sticky. */
  mode: number;
  /** undefined where the machine keeps no owners: the simulated one cannot, as any developer may run it. */
  uid: number | undefined;
}

export interface Machine {
  run(argv: readonly string[], stdin?: string): Promise<Ran>;
  read(path: string): Promise<string>;
  /** undefined where there is nothing. */
  stat(path: string): Promise<Entry | undefined>;
  write(path: string, text: string): Promise<void>;
  /** Starts a process that runs as this user until something ends it. */
  occupy(login: string): Promise<void>;
}
