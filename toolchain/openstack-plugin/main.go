// The Pulumi resource plugin "openstack" for machines that reach no more than package mirrors: the Terraform provider
// that the official plugin wraps, behind the same bridge, with the type names of the npm package @pulumi/openstack. It
// serves what a cloud of test nodes needs, and no schema: programs in TypeScript ask for none.
package main

import (
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/terraform-provider-openstack/terraform-provider-openstack/openstack"
)

const pluginName = "openstack"

// version is set by the linker to the version of the npm package.
var version = "0.0.0-unset"

// typeName is a type of the npm package: its folder there, and its class or function.
type typeName struct{ module, name string }

// resources by their Terraform names; the plugin knows no others.
var resources = map[string]typeName{
	"openstack_compute_floatingip_associate_v2":    {"compute", "FloatingIpAssociate"},
	"openstack_compute_instance_v2":                {"compute", "Instance"},
	"openstack_compute_keypair_v2":                 {"compute", "Keypair"},
	"openstack_compute_servergroup_v2":             {"compute", "ServerGroup"},
	"openstack_networking_floatingip_associate_v2": {"networking", "FloatingIpAssociate"},
	"openstack_networking_floatingip_v2":           {"networking", "FloatingIp"},
	"openstack_networking_network_v2":              {"networking", "Network"},
	"openstack_networking_port_v2":                 {"networking", "Port"},
	"openstack_networking_router_interface_v2":     {"networking", "RouterInterface"},
	"openstack_networking_router_v2":               {"networking", "Router"},
	"openstack_networking_secgroup_rule_v2":        {"networking", "SecGroupRule"},
	"openstack_networking_secgroup_v2":             {"networking", "SecGroup"},
	"openstack_networking_subnet_v2":               {"networking", "Subnet"},
}

// lookUps are data sources, by their Terraform names.
var lookUps = map[string]typeName{
	"openstack_compute_availability_zones_v2": {"compute", "getAvailabilityZones"},
	"openstack_compute_flavor_v2":             {"compute", "getFlavor"},
	"openstack_compute_instance_v2":           {"compute", "getInstanceV2"},
	"openstack_compute_keypair_v2":            {"compute", "getKeypair"},
	"openstack_images_image_ids_v2":           {"images", "getImageIds"},
	"openstack_images_image_v2":               {"images", "getImage"},
	"openstack_networking_network_v2":         {"networking", "getNetwork"},
	"openstack_networking_port_v2":            {"networking", "getPort"},
	"openstack_networking_router_v2":          {"networking", "getRouter"},
	"openstack_networking_secgroup_v2":        {"networking", "getSecGroup"},
	"openstack_networking_subnet_v2":          {"networking", "getSubnet"},
}

func provider() tfbridge.ProviderInfo {
	terraform := openstack.Provider()
	// It warns of its own default for load balancers, which nobody here has, in every run.
	terraform.Schema["use_octavia"].Deprecated = ""
	info := tfbridge.ProviderInfo{
		Name:        pluginName,
		Version:     version,
		P:           shim.NewProvider(terraform),
		Resources:   make(map[string]*tfbridge.ResourceInfo, len(resources)),
		DataSources: make(map[string]*tfbridge.DataSourceInfo, len(lookUps)),
	}
	for terraform, pulumi := range resources {
		token := tfbridge.MakeResource(pluginName, pulumi.module, pulumi.name)
		info.Resources[terraform] = &tfbridge.ResourceInfo{Tok: token}
	}
	for terraform, pulumi := range lookUps {
		token := tfbridge.MakeDataSource(pluginName, pulumi.module, pulumi.name)
		info.DataSources[terraform] = &tfbridge.DataSourceInfo{Tok: token}
	}
	// Terraform has a deprecated plural of the same block; the npm package gives the short name to the one in use.
	info.Resources["openstack_networking_subnet_v2"].Fields = map[string]*tfbridge.SchemaInfo{
		"allocation_pool":  {Name: "allocationPools"},
		"allocation_pools": {Name: "allocationPoolsCollection"},
	}
	info.SetAutonaming(255, "-")
	return info
}

func main() { tfbridge.Main(pluginName, version, provider(), nil) }
