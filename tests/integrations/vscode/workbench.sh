#!/usr/bin/env bash
# Builds VS Code's own workbench from the npm package code-server, in FOLDER: minutes, once. Needs a
# compiler, Python, and the headers of Node and of Kerberos (apt-get install libkrb5-dev).
#
#     tests/integrations/vscode/workbench.sh FOLDER
#     CODE_SERVER=FOLDER .venv/bin/python -m pytest tests/integrations/vscode/test_workbench.py
set -euo pipefail
VERSION=4.100.3 # the newest for Node 20; it is VS Code 1.100.3
mkdir -p "$1"
cd "$1"
npm install --ignore-scripts --no-audit --no-fund "code-server@$VERSION"
# Its binary would be downloaded, and hashes passwords that nobody uses here.
echo "module.exports = { hash() {}, verify() {} };" > node_modules/argon2/argon2.js
cd node_modules/code-server/lib/vscode
npm install --omit=dev --ignore-scripts --no-audit --no-fund
npm_config_nodedir=${NODE_HEADERS:-/usr} npm rebuild \
  @vscode/spdlog @vscode/deviceid kerberos native-watchdog
ln -sfn node_modules node_modules.asar
