/** Runs before each test file: what the tests read is plain text, whatever the terminal or the CI service asks for. */
for (const name of ['CI', 'FORCE_COLOR', 'CLICOLOR_FORCE']) {
  delete process.env[name];
}
process.env.NO_COLOR = '1';
process.env.TERM = 'xterm';
