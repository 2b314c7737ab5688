#!/usr/bin/env node
/** Starts the `bgpfabric` command, which is the one file beside this one (bundle.mjs). */
import { join } from "node:path";
import "./optimizeLater";
import { loadCompiled } from "./compiled";

loadCompiled(join(__dirname, "command.js"));
