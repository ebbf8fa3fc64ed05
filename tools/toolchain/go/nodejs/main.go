// Pulumi-language-nodejs stands in for the Node language host of an ordinary Pulumi installation, which the Go module
// proxy does not serve. It runs programs and plugins with Pulumi's own runners out of their node_modules, and generates
// SDKs with Pulumi's own generator. Whatever else the engine may ask for is UNIMPLEMENTED.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/go/common/version"
	"github.com/pulumi/pulumi/sdk/v3/nodejs/npm"
	rpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// With this exit code the runner says that it has told the user what was wrong.
const toldTheUser = 32

type host struct {
	rpc.UnimplementedLanguageRuntimeServer
	engineAddress string
}

// The engine's address is the last argument; the first line that is printed is the port.
func main() {
	log.SetFlags(0)
	if len(os.Args) < 2 {
		log.Fatal("pulumi-language-nodejs is started by the Pulumi engine")
	}
	server, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Init: func(server *grpc.Server) error {
			rpc.RegisterLanguageRuntimeServer(server, &host{engineAddress: os.Args[len(os.Args)-1]})
			return nil
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(server.Port)
	go endWithEngine()
	if err := <-server.Done; err != nil {
		log.Fatal(err)
	}
}

func (h *host) Handshake(_ context.Context, request *rpc.LanguageHandshakeRequest) (*rpc.LanguageHandshakeResponse, error) {
	h.engineAddress = request.EngineAddress
	return &rpc.LanguageHandshakeResponse{}, nil
}

func (h *host) GetPluginInfo(context.Context, *emptypb.Empty) (*rpc.PluginInfo, error) {
	return &rpc.PluginInfo{Version: version.Version}, nil
}

func (h *host) GetRequiredPackages(
	_ context.Context, request *rpc.GetRequiredPackagesRequest,
) (*rpc.GetRequiredPackagesResponse, error) {
	packages, err := requiredPackages(request.Info.ProgramDirectory)
	return &rpc.GetRequiredPackagesResponse{Packages: packages}, err
}

func (h *host) Run(ctx context.Context, request *rpc.RunRequest) (*rpc.RunResponse, error) {
	arguments := []string{
		"--monitor", request.MonitorAddress, "--engine", h.engineAddress, "--organization", request.Organization,
		"--project", request.Project, "--root-directory", request.Info.RootDirectory, "--stack", request.Stack,
		"--pwd", request.Pwd, "--parallel", strconv.Itoa(int(request.Parallel)),
	}
	if request.DryRun {
		arguments = append(arguments, "--dry-run")
	}
	// A stack without configuration comes as nil, for which the runner takes no null.
	config, secretKeys := []byte("{}"), []byte("[]")
	var err error
	if request.Config != nil {
		if config, err = json.Marshal(request.Config); err != nil {
			return nil, err
		}
	}
	if request.ConfigSecretKeys != nil {
		if secretKeys, err = json.Marshal(request.ConfigSecretKeys); err != nil {
			return nil, err
		}
	}
	command, err := node(ctx, request.Info, "run", append(arguments, request.Info.EntryPoint))
	if err != nil {
		return &rpc.RunResponse{Error: err.Error()}, nil
	}
	command.Env = append(command.Env, "PULUMI_CONFIG="+string(config), "PULUMI_CONFIG_SECRET_KEYS="+string(secretKeys))
	command.Stdout, command.Stderr = os.Stdout, os.Stderr

	code, err := exitCode(command.Run())
	switch {
	case err != nil:
		return &rpc.RunResponse{Error: err.Error()}, nil
	case code == toldTheUser:
		return &rpc.RunResponse{Bail: true}, nil
	case code != 0:
		return &rpc.RunResponse{Error: fmt.Sprintf("Program exited with non-zero exit code: %d", code)}, nil
	}
	return &rpc.RunResponse{}, nil
}

func (h *host) RunPlugin(request *rpc.RunPluginRequest, stream grpc.ServerStreamingServer[rpc.RunPluginResponse]) error {
	folder, pwd := request.Info.ProgramDirectory, request.Pwd
	runner, arguments := "run-plugin", append([]string{folder}, request.Args...)
	// A policy pack takes its folder last, and reads package.json and tsconfig.json where it runs.
	if request.Kind == "analyzer" {
		runner, arguments, pwd = "run-policy-pack", append(request.Args, folder), folder
	}
	command, err := node(stream.Context(), request.Info, runner, arguments)
	if err != nil {
		return err
	}
	command.Dir = pwd
	command.Env = append(command.Env, request.Env...)
	var sending sync.Mutex
	command.Stdout = &sender{&sending, func(text []byte) error {
		return stream.Send(&rpc.RunPluginResponse{Output: &rpc.RunPluginResponse_Stdout{Stdout: text}})
	}}
	command.Stderr = &sender{&sending, func(text []byte) error {
		return stream.Send(&rpc.RunPluginResponse{Output: &rpc.RunPluginResponse_Stderr{Stderr: text}})
	}}
	code, err := exitCode(command.Run())
	if err != nil {
		return err
	}
	return stream.Send(&rpc.RunPluginResponse{Output: &rpc.RunPluginResponse_Exitcode{Exitcode: int32(code)}})
}

func (h *host) InstallDependencies(
	request *rpc.InstallDependenciesRequest, stream grpc.ServerStreamingServer[rpc.InstallDependenciesResponse],
) error {
	command := exec.CommandContext(stream.Context(), "npm", "install", "--loglevel=error")
	command.Dir = request.Info.ProgramDirectory
	output := &sender{&sync.Mutex{}, func(text []byte) error {
		return stream.Send(&rpc.InstallDependenciesResponse{Stdout: text})
	}}
	command.Stdout, command.Stderr = output, output
	return command.Run()
}

func (h *host) GeneratePackage(_ context.Context, request *rpc.GeneratePackageRequest) (*rpc.GeneratePackageResponse, error) {
	var spec schema.PackageSpec
	if err := json.Unmarshal([]byte(request.Schema), &spec); err != nil {
		return nil, err
	}
	loader, err := schema.NewLoaderClient(request.LoaderTarget)
	if err != nil {
		return nil, err
	}
	pkg, diagnostics, err := schema.BindSpec(spec, loader, schema.ValidationOptions{AllowDanglingReferences: true})
	if err != nil {
		return nil, err
	}
	if diagnostics.HasErrors() {
		return nil, diagnostics
	}
	files, err := nodejs.GeneratePackage("pulumi-language-nodejs", pkg, request.ExtraFiles, request.LocalDependencies,
		request.Local, schema.NewCachedLoader(loader))
	if err != nil {
		return nil, err
	}
	for name, content := range files {
		path := filepath.Join(request.Directory, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return nil, err
		}
	}
	return &rpc.GeneratePackageResponse{}, nil
}

// Makes generated SDKs dependencies of the program, as the official host does.
func (h *host) Link(ctx context.Context, request *rpc.LinkRequest) (*rpc.LinkResponse, error) {
	folder := request.Info.ProgramDirectory
	manager, err := npm.ResolvePackageManager(npm.NpmPackageManager, folder)
	if err != nil {
		return nil, err
	}
	for _, dependency := range request.Packages {
		manifest, err := os.ReadFile(filepath.Join(folder, dependency.Path, "package.json"))
		if err != nil {
			return nil, err
		}
		var sdk struct{ Name string }
		if err := json.Unmarshal(manifest, &sdk); err != nil {
			return nil, err
		}
		if err := manager.Link(ctx, folder, sdk.Name, dependency.Path); err != nil {
			return nil, err
		}
	}
	return &rpc.LinkResponse{}, nil
}

// The engine ends this process, and with it what it has started; endWithEngine does where the engine cannot.
func (h *host) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// Node with one of the runners in @pulumi/pulumi, and the options nodeargs and typescript of Pulumi.yaml.
func node(ctx context.Context, program *rpc.ProgramInfo, runner string, arguments []string) (*exec.Cmd, error) {
	path, err := find(program.ProgramDirectory, filepath.Join("node_modules", "@pulumi", "pulumi", "cmd", runner))
	if err != nil {
		return nil, err
	}
	options := program.Options.AsMap()
	nodeArguments, _ := options["nodeargs"].(string)
	command := exec.CommandContext(ctx, "node", append(append(strings.Fields(nodeArguments), path), arguments...)...)
	command.Env = os.Environ()
	if typescript, given := options["typescript"].(bool); !given || typescript {
		command.Env = append(command.Env, "PULUMI_NODEJS_TYPESCRIPT=true")
	}
	return command, nil
}

// Looks for a path in a folder and those above it.
func find(folder, path string) (string, error) {
	for above := folder; ; above = filepath.Dir(above) {
		candidate := filepath.Join(above, path)
		if _, err := os.Stat(candidate); err == nil {
			return candidate, nil
		}
		if above == filepath.Dir(above) {
			return "", fmt.Errorf("%s was not found in %s or above it: run npm ci there", path, folder)
		}
	}
}

func exitCode(err error) (int, error) {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, err
}

// Sends what is written to it, one message at a time.
type sender struct {
	sending *sync.Mutex
	send    func(text []byte) error
}

func (s *sender) Write(text []byte) (int, error) {
	s.sending.Lock()
	defer s.sending.Unlock()
	return len(text), s.send(text)
}
