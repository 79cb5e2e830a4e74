// What every .NET program takes to start and to end: short runs of iopf are measured against it.
return 0;
