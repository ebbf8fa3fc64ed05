package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	rpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// The parts of a package.json that lead to Pulumi packages.
type manifest struct {
	Name, Version        string
	Dependencies         map[string]string
	DevDependencies      map[string]string
	OptionalDependencies map[string]string
	PeerDependencies     map[string]string
	Pulumi               struct {
		Resource              bool
		Name, Version, Server string
		Parameterization      *struct {
			Name, Version string
			Value         []byte
		}
	}
}

// Returns the Pulumi packages among the dependencies of a program, and among those of its dependencies.
func requiredPackages(program string) ([]*rpc.PackageDependency, error) {
	var packages []*rpc.PackageDependency
	seen := map[string]bool{}
	var visit func(folder string, isProgram bool) error
	visit = func(folder string, isProgram bool) error {
		folder, err := filepath.EvalSymlinks(folder)
		if err != nil || seen[folder] {
			return err
		}
		seen[folder] = true
		found, err := readManifest(folder)
		if err != nil {
			return err
		}
		if found.Pulumi.Resource {
			packages = append(packages, dependencyOf(found))
		}
		groups := []map[string]string{found.Dependencies, found.OptionalDependencies, found.PeerDependencies}
		if isProgram {
			groups = append(groups, found.DevDependencies)
		}
		for _, group := range groups {
			for _, name := range slices.Sorted(maps.Keys(group)) {
				// What is not installed is optional, or the program's own run says what is missing.
				if next, err := find(folder, filepath.Join("node_modules", name)); err == nil {
					if err := visit(next, false); err != nil {
						return err
					}
				}
			}
		}
		return nil
	}
	root, err := find(program, "package.json")
	if err != nil {
		return nil, nil
	}
	return packages, visit(filepath.Dir(root), true)
}

// A folder without a package.json has no dependencies.
func readManifest(folder string) (manifest, error) {
	var found manifest
	path := filepath.Join(folder, "package.json")
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return found, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &found)
	}
	if err != nil {
		return found, fmt.Errorf("%s: %w", path, err)
	}
	return found, nil
}

// The engine takes the plugin's name, and the version with a leading v.
func dependencyOf(found manifest) *rpc.PackageDependency {
	pulumi := found.Pulumi
	dependency := &rpc.PackageDependency{
		Kind:    "resource",
		Name:    first(pulumi.Name, strings.TrimPrefix(found.Name, "@pulumi/")),
		Version: "v" + strings.TrimPrefix(first(pulumi.Version, found.Version), "v"),
		Server:  pulumi.Server,
	}
	if parameterization := pulumi.Parameterization; parameterization != nil {
		dependency.Parameterization = &rpc.PackageParameterization{
			Name: parameterization.Name, Version: parameterization.Version, Value: parameterization.Value,
		}
	}
	return dependency
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
