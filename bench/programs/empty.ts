/** Yardstick: what Pulumi costs with nothing to do. The SDK is loaded, no resource is made. */
import "@pulumi/pulumi";
