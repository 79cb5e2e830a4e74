using Iopf.Cli;

return IopfProcess.Run(args);
