import { describePullRequests } from "../support/pipelines/claims";
import { GitHubRunner } from "../support/pipelines/github";

describePullRequests("GitHub", (project) => GitHubRunner.start(project));
