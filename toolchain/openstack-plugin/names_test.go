package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
)

// sdkVariable names the folder of the npm package @pulumi/openstack, whose names have to be the plugin's.
const sdkVariable = "OPENSTACK_SDK"

// How the npm package's JavaScript lists the properties of a resource, and the arguments of a look-up.
var (
	resourceProperty = regexp.MustCompile(`resourceInputs\["(\w+)"\] =`)
	lookUpArgument   = regexp.MustCompile(`"(\w+)": args\.`)
)

// A name that differs is a property that the program sets and the plugin never sees, or one that it reads as undefined.
func TestNamesAreThoseOfTheNpmPackage(t *testing.T) {
	if os.Getenv(sdkVariable) == "" {
		t.Fatalf("expected the folder of the npm package in %s; given nothing", sdkVariable)
	}
	info := provider()
	for terraform, resource := range info.Resources {
		t.Run(terraform, func(t *testing.T) {
			given := pulumiNames(info.P.ResourcesMap().Get(terraform).Schema(), resource.Fields, everything)
			compare(t, string(resource.Tok), resourceProperty, given)
		})
	}
	for terraform, lookUp := range info.DataSources {
		t.Run(terraform, func(t *testing.T) {
			given := pulumiNames(info.P.DataSourcesMap().Get(terraform).Schema(), lookUp.Fields, settable)
			compare(t, string(lookUp.Tok), lookUpArgument, given)
		})
	}
}

func everything(shim.Schema) bool { return true }

func settable(field shim.Schema) bool { return field.Optional() || field.Required() }

// pulumiNames gives the plugin's names of the fields that count, sorted.
func pulumiNames(schema shim.SchemaMap, infos map[string]*tfbridge.SchemaInfo, counts func(shim.Schema) bool) []string {
	var names []string
	schema.Range(func(field string, about shim.Schema) bool {
		if counts(about) {
			names = append(names, tfbridge.TerraformToPulumiNameV2(field, schema, infos))
		}
		return true
	})
	slices.Sort(names)
	return names
}

// compare reads the npm package's file of a token such as openstack:compute/instance:Instance.
func compare(t *testing.T, token string, property *regexp.Regexp, given []string) {
	source, err := os.ReadFile(filepath.Join(os.Getenv(sdkVariable), strings.Split(token, ":")[1]+".js"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(source), token) {
		t.Fatalf("the npm package has no %s", token)
	}
	var expected []string
	for _, match := range property.FindAllStringSubmatch(string(source), -1) {
		expected = append(expected, match[1])
	}
	slices.Sort(expected)
	if expected = slices.Compact(expected); !slices.Equal(expected, given) {
		t.Errorf("%s\nexpected %v\ngiven    %v", token, expected, given)
	}
}
