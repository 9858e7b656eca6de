/** What is measured: the project's own program, from the pre-flight to the outputs. */
import "../../index.ts";
