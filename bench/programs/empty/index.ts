/** The least a Pulumi program costs: the SDK is loaded, nothing is made. */
import "@pulumi/pulumi";
