// Starts `etude lsp` and connects the editor to it.
"use strict";

const { window, workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = async () => {
  const settings = workspace.getConfiguration("etude");
  const command = settings.get("server.path") || "etude";
  client = new LanguageClient(
    "etude",
    "étude",
    { command, args: ["lsp"] },
    {
      documentSelector: [{ language: "etude" }],
      initializationOptions: { clock: settings.get("clock") },
      synchronize: { configurationSection: "etude" },
    },
  );
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    window.showErrorMessage(
      `étude: \`${command} lsp\` does not start (${error.message}). Is it installed? The setting \`etude.server.path\` says where it is.`,
    );
  }
};

exports.deactivate = () => client?.stop();
