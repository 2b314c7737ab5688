/** Runs the kubernetes plugin as a process that Pulumi starts. */
import { serve } from "../serve";
import { provider } from "./provider";

void serve(provider());
